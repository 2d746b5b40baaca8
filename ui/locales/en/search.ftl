search-in-chat = Search in this chat
search-everywhere = Search in all chats
search-count = { $count ->
    [0] Nothing
    [one] { $count } message found
   *[other] { $count } messages found
}
search-failed = The search did not work
search-start = What are you looking for?
search-start-help = The beginning of a word is enough. Works offline too.
search-nothing = Nothing found
search-nothing-help = Try another word or its beginning.
search-more = Show more
search-only-here = No connection to the server: only what is on this device was searched.
search-narrow = Narrow the search
search-from = From
search-in = In chat
search-file = With a file
search-link = With a link
search-poll = With a poll
search-after = After a date
search-before = Before a date
search-word-from = from:
search-word-in = in:
search-word-file = has:file
search-word-link = has:link
search-word-poll = has:poll
search-word-after = after:
search-word-before = before:
