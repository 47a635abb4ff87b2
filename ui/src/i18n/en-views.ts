/** The English texts of saved views. */
export const enViews = {
  "views.delete": "Delete the view {name}",
  "views.empty": "A view keeps the filters of this list under a name, for everybody in the project.",
  "views.name": "Name of this view",
  "views.save": "Save",
  "views.title": "Views",
};
