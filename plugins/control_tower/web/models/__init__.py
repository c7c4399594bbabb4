"""The bodies of answers, typed: what a front end may rely on. Fields of lists are the columns of the views."""
