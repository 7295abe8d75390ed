"""VuFind: its Solr documents, and the text of its Staff View."""
