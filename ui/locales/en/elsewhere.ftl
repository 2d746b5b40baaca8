elsewhere-title = The messenger is open in another tab
elsewhere-text = One tab works at a time, so that messages stay in step.
elsewhere-here = Continue here
