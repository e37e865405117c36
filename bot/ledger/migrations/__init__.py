"""How the tables came to be, one step a file, by Alembic. A step that was released is never changed."""
