"""What can be said of trends: statements in words, each made from cells of the tables and checked against them."""
