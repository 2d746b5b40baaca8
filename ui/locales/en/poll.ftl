poll-new = New poll
poll-create = Create poll
poll-question = Question
poll-answers = Answers
poll-answer = Answer { $number }
poll-answer-long = At most 100 characters
poll-answer-twice = This answer is there already
poll-wish-anonymous = Anonymous
poll-wish-anonymous-help = Nobody sees who voted for what
poll-wish-anonymous-sealed = Not in an encrypted chat: members’ devices count the votes there, so they know whose each one is
poll-wish-several = Several answers may be chosen
poll-wish-quiz = Quiz
poll-wish-quiz-help = One answer is right, and an answer cannot be changed
poll-right-answer = Right answer
poll-explanation = Explanation
poll-explanation-help = Shown to those who have answered
poll-ends = Ends
poll-ends-never = When I close it
poll-ends-minutes = In 15 minutes
poll-ends-hour = In an hour
poll-ends-hours = In 8 hours
poll-ends-day = In a day
poll-ends-week = In a week
poll-open = Poll
poll-anonymous = Anonymous poll
poll-quiz = Quiz
poll-quiz-anonymous = Anonymous quiz
poll-closed = The poll is closed
poll-several = several answers
poll-closes = until { $when }
poll-no-votes = No votes yet
poll-votes = { $count ->
    [one] { $count } person voted
   *[other] { $count } people voted
}
poll-votes-share = { $count ->
    [one] { $count } vote
   *[other] { $count } votes
}, { $share }%
poll-share = { $share }%
poll-right = Right answer
poll-own-right = You are right
poll-wrong = Your answer, not right
poll-who = Who voted
poll-more-voters = Show more
poll-retract = Take my vote back
poll-close = Close the poll
