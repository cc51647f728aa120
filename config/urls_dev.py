"""The product's addresses and, in development only, the pages for those who build it."""

from django.urls import include, path

from config.urls import urlpatterns as product

urlpatterns = [path("dev/", include("config.dev.urls")), *product]
