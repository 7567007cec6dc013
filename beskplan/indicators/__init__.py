"""Pure calculations: values in, values out, each citing its rule."""
