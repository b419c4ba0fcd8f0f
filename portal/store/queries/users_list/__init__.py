"""The users page: its options, its rows in SQL, and the page of them that somebody asks for."""
