"""Policy: who may do what, when. One table says it all; everybody asks the table.

An action is allowed when every question of one of its alternatives is answered yes. Questions are
about the actor, the subject and the moment; the floors above register the answers. A refusal says
which question was answered no, and what would help.
"""
