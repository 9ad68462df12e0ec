## Files that are dragged out
drag-again = { $count ->
    [one] { $name } 现已就绪，请再拖动一次。
   *[other] { $count } 个文件现已就绪，请再拖动一次。
}
drag-danger-title = 要将此程序从邮件中取出吗？
drag-danger-action = 允许拖出
drag-all = 全部保存，或将其拖出
drag-choose = 按住 Ctrl 点按可选择多个文件一并拖出
