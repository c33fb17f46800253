"""C++17 headers, and thin bindings that take and give arrays. Nothing here knows a class of the package."""
