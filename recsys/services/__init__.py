"""What a listener can do, one module per thing, written against seams and never against one store or provider."""
