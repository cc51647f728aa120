"""The demo: two invented organisations with some weeks behind them, told through the same actions that people use.

`house` says what an organisation is made of, `script` how a story is written, `stage` plays the stories in the order
of time, and `seeding` puts it all together. The organisations themselves are the packages `harbour` and `quill`.
"""
