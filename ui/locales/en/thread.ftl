thread-title = Thread
thread-list = Threads
thread-placeholder = Reply in the thread
thread-replies = { $count ->
    [one] { $count } reply
   *[other] { $count } replies
}
thread-unread = Something new
thread-none = No threads yet
thread-none-help = Threads that you began, wrote in or were mentioned in gather here.
