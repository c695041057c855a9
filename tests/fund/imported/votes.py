"""A small vote as its town published it, with more of its voters than this site keeps."""

VOTE = """META
key;value
description;Vote des voisins
country;France
unit;Orly
instance;2024
num_projects;2
num_votes;2
budget;100
vote_type;approval
rule;greedy
date_begin;01.03.2024
date_end;31.03.2024
PROJECTS
project_id;cost;votes;name;proposer
1;60;2;Un banc;Madame Untel
2;50;1;Un arbre;Monsieur Untel
VOTES
voter_id;age;sex;vote;voting_method
A-17;34;F;1,2;internet
B-18;71;M;1;paper
"""
