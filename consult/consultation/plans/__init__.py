"""Plans: an action plan with a term, languages, ordered themes, bodies and a team.

Themes are input, not code: an ordered list with titles in each language of the plan. A person has
roles on a plan: organiser, moderator, approver, participant, holder. A role that was taken back
stays on record.
"""
