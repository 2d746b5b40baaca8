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
