-- Parts are put together eight at a time: what is written once more for each time is half as much as with four.
INSERT INTO head (head, rank) VALUES ('automerge', 8);
INSERT INTO body (body, rank) VALUES ('automerge', 8);
INSERT INTO beginning (beginning, rank) VALUES ('automerge', 8);
