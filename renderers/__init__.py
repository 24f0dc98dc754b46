"""Drawing with moderngl. Everything here takes a context, never a widget."""
