"""Tables of what a decision is made by: value functions, weights, combining, rules, and how uncertain they are."""
