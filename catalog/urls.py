"""URLs of the catalogue."""

from django.urls import path, re_path

from catalog import sitemaps, views

app_name = "catalog"
urlpatterns = [
    path("", views.home, name="home"),
    path("c/<slug:slug>/", views.category, name="category"),
    # A product's slug may contain letters of any script, which <slug:slug> does not match.
    re_path(r"^p/(?P<slug>[-\w]+)/$", views.product, name="product"),
    path("search/", views.search, name="search"),
    path("robots.txt", sitemaps.robots, name="robots"),
    path("sitemap.xml", sitemaps.sitemap_index, name="sitemap_index"),
    path("sitemap-<int:number>.xml", sitemaps.sitemap, name="sitemap"),
]
