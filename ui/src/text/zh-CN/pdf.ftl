## Pages of a PDF
pdf-bar = 页面
pdf-page = { $name } 第 { $page } 页，共 { $pages } 页
pdf-place = / { $pages }
pdf-number = 页码
pdf-previous = 上一页
pdf-next = 下一页
pdf-closer = 放大
pdf-farther = 缩小
pdf-fit = 适合窗口宽度
pdf-drawing = 正在绘制页面…
pdf-failed = 无法绘制此页：页面已损坏或耗时过长。可以保存该文件，或用其他程序打开。
preview-none-locked = 此文件已加密，这里无法输入密码
preview-none-pages = 此文件超过 5,000 页，这里不予显示
preview-none-much = 读取此文件耗时过长
