"""What AWS holds now, beside what the dataset files say: what will break before it breaks. It only reads."""
