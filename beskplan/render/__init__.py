"""An executed notebook as a page, and the page as HTML, PDF and workbook."""
