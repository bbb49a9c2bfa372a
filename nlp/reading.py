"""How the words of a conversation reach the tagger: spelling, forms of gender, windows.

All of it is code and not part of an artefact, so it has a version of its own, which every change of what the encoder
reads has to raise: what was tagged before is then tagged anew.
"""

VERSION = "reading@3"
