"""The parts of the report as plain typed values: text and numbers as they are shown, no markup."""
