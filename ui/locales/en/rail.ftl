rail-title = Sections
rail-people = People
rail-resize = Width of the chat list
rail-nothing-open = Choose a chat
rail-nothing-open-help = Or find a person, a chat or a word.
search-title = Search
