## Conversations that are split and merged by hand
command-split = Split the conversation from here
command-split-alone = Make this message a conversation of its own
command-merge = Merge the chosen conversations
command-restore-conversation = Undo the split or merge of this conversation
arranged-split = Split off by you
arranged-rest = A part of this conversation was split off by you
arranged-merged = Merged by you
arranged-rejoin = Rejoin
arranged-separate = Separate
done-split = { $count ->
    [one] 1 message split off
   *[other] { $count } messages split off
}
done-merge = { $count } conversations merged
done-rejoin = The conversation was rejoined
done-separate = The conversations were separated
