# Doorstep's own programs; PostgreSQL and Valkey stand beside it (docker-compose.yml).
# Alone it brings its own: docker run -p 127.0.0.1:8311:8311 -v doorstep:/var/lib/doorstep IMAGE up

FROM ghcr.io/astral-sh/uv:0.13.9 AS uv

# The phone's pages; Node stays behind with this stage.
FROM node:22-slim AS web
WORKDIR /app
COPY web web
COPY mobile_contract/schema mobile_contract/schema
RUN cd web && npm ci && npm run build

FROM python:3.12-slim AS build
COPY --from=uv /uv /usr/local/bin/uv
ENV UV_PYTHON_DOWNLOADS=never UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1
# Builds the search kernel, and stays behind with this stage.
RUN apt-get update \
 && apt-get install --yes --no-install-recommends g++ \
 && rm -rf /var/lib/apt/lists/*
WORKDIR /app
# The packages change seldom, the code often: two layers.
COPY pyproject.toml uv.lock README.md LICENSE ./
RUN --mount=type=cache,target=/root/.cache/uv uv sync --locked --no-dev --no-install-project
COPY . .
COPY --from=web /app/web/dist web/dist
# Built anew whatever the cache holds, since the kernel is a file in /app; an image without it is no image.
RUN --mount=type=cache,target=/root/.cache/uv uv sync --locked --no-dev --reinstall-package doorstep \
 && .venv/bin/python -c "import scheduler.native._kernel"

FROM python:3.12-slim
RUN useradd --uid 8311 --create-home doorstep \
 && install --directory --owner doorstep --group doorstep --mode 0700 /var/lib/doorstep
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 DOORSTEP_HOME=/var/lib/doorstep DOORSTEP_HOST=0.0.0.0
USER doorstep
WORKDIR /home/doorstep
VOLUME /var/lib/doorstep
EXPOSE 8311
ENTRYPOINT ["doorstep"]
CMD ["--help"]
