"""Who can do what where: questions that an auditor asks, answered from the documents that are in force."""
