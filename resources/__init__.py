"""Icons, style sheet, presets and sample recipes: data, no logic."""
