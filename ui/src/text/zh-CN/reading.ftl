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
event-updated = { $who }更改了邀请
event-counter = { $who }建议另定时间
event-counter-declined = { $who }维持原定时间
event-daily = { $count ->
    [1] 每天
   *[other] 每 { $count } 天
}
event-weekly = { $count ->
    [1] 每周
   *[other] 每 { $count } 周
}
event-monthly = { $count ->
    [1] 每月
   *[other] 每 { $count } 个月
}
event-yearly = { $count ->
    [1] 每年
   *[other] 每 { $count } 年
}
event-repeats = 重复
event-workdays = 周一至周五
event-on = { $days }
event-on-dates = 当月 { $days } 日
event-last-date = 倒数第 { $nth }
event-in-months = { $months }
event-nth = { $nth ->
    [-1] 最后一个{ $day }
    [-2] 倒数第二个{ $day }
   *[other] 第 { $nth } 个{ $day }
}
event-times = 共 { $count } 次
event-until = 至 { $date }
event-exceptions = 有例外
event-instance = 系列中的这一次
event-invited = 邀请了 { $count } 人
event-clock = { $place } 的时间
event-page = 打开 { $host } 上的页面
event-others = 文件中还有 { $count } 个日程
event-over = 已经结束
event-answer = 答复
event-accept = 接受
event-maybe = 可能参加
event-decline = 谢绝
event-note = 附言
event-note-label = 写给{ $who }的附言
event-me = 受邀地址：{ $address }
event-not-you = 受邀名单中没有您的地址
event-given-accepted = 您已接受
event-given-tentative = 您可能参加
event-given-declined = 您已谢绝
event-answer-waiting = 答复正在发送
event-answer-failed = 答复未送达，请查看发件箱
event-answer-outdated = 但此后日程有更改
event-person-accepted = 参加
event-person-declined = 不参加
event-person-tentative = 可能参加
event-person-optional = 可选
event-done-accepted = 已接受，将告知{ $who }
event-done-tentative = 可能参加，将告知{ $who }
event-done-declined = 已谢绝，将告知{ $who }

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

## 会话中的文件
thread-files = 会话中的文件
thread-files-none = 没有文件
thread-files-show = 显示该邮件
thread-files-saved = 已将 { $count } 个文件保存到 { $path }

## 查看文件
preview-of = 查看 { $name }
preview-place = 第 { $at } 个，共 { $total } 个
preview-open = 用其他程序打开
preview-back = 返回邮件
preview-previous = 上一个文件
preview-next = 下一个文件
preview-loading = 正在获取文件…
preview-cut = 只显示开头部分
preview-cut-rows = 只显示开头 { $rows } 行
preview-blocked = 有 { $count } 张图片未加载
preview-none-kind = 此处不显示这类文件
preview-none-dangerous = 这是程序，此处不显示
preview-none-large = 文件太大，此处不显示
preview-none-empty = 文件是空的
preview-none-damaged = 文件内容与名称不符
preview-none-hint = 可以用其他程序打开，或保存。

## 名片
card-of = { $name }的名片
card-copy = 复制
card-copied = 已复制 { $text }
card-work = 工作
card-home = 住宅
card-cell = 手机
card-fax = 传真
card-birthday = 生日 { $date }
