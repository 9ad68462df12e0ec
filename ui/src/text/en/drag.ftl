## Files that are dragged out
drag-again = { $count ->
    [one] { $name } is here now. Drag it again.
   *[other] { $count } files are here now. Drag them again.
}
drag-danger-title = Take this program out of the message?
drag-danger-action = Allow dragging it
drag-all = Save all, or drag them out
drag-choose = Ctrl+click chooses several to drag out
