## Conversations that are split and merged by hand
command-split = 从此邮件起拆分会话
command-split-alone = 将此邮件单独作为会话
command-merge = 合并所选会话
command-restore-conversation = 撤销此会话的拆分或合并
arranged-split = 由你拆分出来
arranged-rest = 你从此会话中拆分出了一部分
arranged-merged = 由你合并
arranged-rejoin = 重新合并
arranged-separate = 分开
done-split = 已拆分出 { $count } 封邮件
done-merge = 已合并 { $count } 个会话
done-rejoin = 会话已重新合并
done-separate = 会话已分开
