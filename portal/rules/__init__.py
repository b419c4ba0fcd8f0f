"""Who may do what, whom a request goes to, and when: plain functions over plain facts.

Nothing here reads a clock, a database or Keycloak. The caller brings the present facts and gets an answer.
"""
