// Shows the API's description; without scripts its address and the examples above it are enough to work with.
"use strict";
{
  const place = document.getElementById("api-docs");
  SwaggerUIBundle({
    url: place.dataset.schema,
    domNode: place,
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: -1,
    supportedSubmitMethods: ["get"],
    validatorUrl: null,
  });
}
