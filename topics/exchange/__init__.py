"""Results in the forms of other tools: typed tables, gensim, pyLDAvis, topicwizard, pandas."""
