"""Freezes (凍結): what nobody may open until a second person lifts it; knows keys, not things."""
