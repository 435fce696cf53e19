"""The foundation model as a second reader: asked only about what is doubtful, grounded on the page's words, judged like any other reading."""
