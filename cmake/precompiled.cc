// Empty: precompiled headers have to belong to something.
