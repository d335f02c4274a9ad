"""Files in: any table of tracks or listening history, recognised by its content, becomes a track table and a report."""
