@rem In package.json `exec` lets a program take the place of the shell, so that signals reach it. The shell of
@rem Windows knows no such word and finds this one.
@%*
