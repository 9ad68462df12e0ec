### 正文之外的说明。

## 发件人
trust-lookalike = { $detail } 只是看起来像 { $other }
trust-mixed-script = 地址混用了不同的文字：{ $detail }
trust-name-is-address = 名称写着 { $other }，实际来自 { $detail }
trust-auth-failed = { $detail } 未能证实此邮件由其发出（{ $other }）
trust-other-address = 不是此人平时的地址：{ $detail }，而非 { $other }
trust-reply-elsewhere = 回复将发往 { $detail }
trust-link-mismatch = 有链接写着 { $other }，却通向 { $detail }
trust-link-odd = 有链接隐藏了去向：{ $detail }
trust-first-mail = 首次收到来自 { $detail } 的邮件
trust-list = 来自邮件列表 { $detail }
trust-more = 还有 { $count } 项
trust-less = 收起
defect-empty = 邮件是空的
defect-truncated = 邮件在途中被截断
defect-too-many-parts = 邮件的部分过多，未全部显示
defect-too-many-attachments = 附件过多，未全部列出
defect-text-cut = 只显示正文的开头
defect-text-damaged = 部分文字无法识别
defect-structure = 邮件结构与声明不符，全部按文本显示

## 图片
reader-images-sender = 总是显示来自 { $address } 的图片
reader-images-domain = 总是显示来自 { $domain } 的图片
reader-images-always = 总是显示…
reader-images-never = 不再显示此发件人的图片
reader-pixels = { $who } 不会得知你已阅读
reader-unconfirmed = 发件人未经证实，暂不加载图片

## 邮件列表
command-reply-list = 回复到列表
list-leave = 退订
list-leave-title = 退订“{ $name }”？
list-leave-text = 将请求 { $host } 把你移出列表。对方会得知此地址有人阅读。
list-left = 服务器表示你已退出列表“{ $name }”
list-archive = 在列表存档中打开

## 人
person-copy = 复制地址
person-copied = 已复制 { $address }
person-all = 来自{ $name }的所有邮件
person-write = 写信给{ $name }
reader-sent-there = 发送地时间 { $time }（{ $zone }）

## 日程
event-request = { $who }的邀请
event-publish = { $who }的日程
event-cancel = { $who }已取消
event-reply = { $who }的答复
event-accepted = { $who }接受了
event-declined = { $who }谢绝了
event-tentative = { $who }可能参加
event-daily = 每天
event-weekly = 每周
event-monthly = 每月
event-yearly = 每年
event-repeats = 重复
event-invited = 邀请了 { $count } 人
event-clock = { $place } 的时间

## 报告
report-title = 关于“{ $subject }”
report-failed = 未能送达 { $address }。
report-delayed = 尚未送达 { $address }，仍在尝试。
report-delivered = 已送达 { $address }。
report-relayed = 已转交 { $address } 的服务器，该服务器不回报结果。
report-read = { $address } 已阅读。
report-unread = { $address } 未读即删除。
report-no-such-address = 该地址不存在。
report-full = 对方邮箱已满。
report-too-large = 邮件对其过大。
report-refused = 对方服务器不接受此邮件。
report-unreachable = 对方服务器没有应答。
report-more = 另有 { $count } 个

## Looks
command-dark = 深色显示此发件人的邮件
command-simple = 此发件人的邮件只显示文字

## The source
source-raw = 原文
source-header = 信头
source-parts = 结构
source-part = 部分
source-name = 名称
source-encoding = 编码

## 下载中的大邮件和大附件
download-part = { $done } / { $total }
download-message = 正在获取邮件：{ $part }
download-stopped = 已下载 { $part }
download-cancel = 停止
download-continue = 继续
download-cancel-file = 停止下载 { $name }
download-continue-file = 继续下载 { $name }

## 服务器上的搜索结果
beyond-searching = 正在 { $hosts } 上继续搜索…
beyond-servers = { $count } 台服务器
beyond-found = { $count ->
    [0] 服务器上没有更多结果。
   *[other] 服务器上又找到 { $shown } 封。
}
beyond-cut = 只显示其中最新的邮件。
beyond-texts = 服务器不认识这些文字，已下载 { $count } 封邮件的正文并在这里搜索。
beyond-failed = 服务器无法搜索：{ $reason }
beyond-offline = 仅搜索了这台电脑上的邮件。
