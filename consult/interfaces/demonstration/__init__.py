"""The demonstration: the plan of the memo, and a cast that was invented around it.

What is said in it stands in `content/` as data, read and checked by `content.py`: a plan with its
bodies, three rounds (answered, open, to come), and the commitments made from the first. Every
person, every contribution and every answer is invented, and every file says so.
"""
