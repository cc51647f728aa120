"""The API described: for programs as OpenAPI, for people as a page."""

from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.views import SpectacularAPIView


class Schema(SpectacularAPIView):
    """The schema, the same for everybody."""

    renderer_classes = [OpenApiJsonRenderer2]
    authentication_classes = ()
    permission_classes = ()
