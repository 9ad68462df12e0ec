## Pages of a PDF
pdf-bar = Pages
pdf-page = Page { $page } of { $pages } of { $name }
pdf-place = of { $pages }
pdf-number = Page
pdf-previous = Previous page
pdf-next = Next page
pdf-closer = Larger
pdf-farther = Smaller
pdf-fit = As wide as the window
pdf-drawing = Drawing the page…
pdf-failed = This page could not be drawn: it is damaged, or takes too long. The file can be saved, or opened with another program.
preview-none-locked = This file is encrypted, and its password is not asked for here
preview-none-pages = This file has more than 5,000 pages, and is not shown here
preview-none-much = Reading this file takes too long
