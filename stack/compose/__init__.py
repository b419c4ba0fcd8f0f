"""What docker-compose.yml needs beside the images: secrets at the first start, and the first steps."""
