"""What AWS answers to a request, from the documents in force: for the shapes of statement that are generated here."""
