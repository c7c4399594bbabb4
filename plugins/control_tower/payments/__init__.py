"""What scouts are owed and what the partner owes, as read models that the pages filter, sort and add up."""
