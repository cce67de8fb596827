# The image `order-management`: API by default, `oms serve worker` and `python -m simulator` by command.
FROM python:3.11-slim-bookworm AS build
RUN pip install --no-cache-dir uv==0.13.9
ENV UV_LINK_MODE=copy UV_COMPILE_BYTECODE=1 UV_PYTHON_DOWNLOADS=never
WORKDIR /app
COPY pyproject.toml uv.lock README.md ./
RUN uv sync --frozen --no-dev --no-install-project
COPY . .
RUN uv sync --frozen --no-dev

FROM python:3.11-slim-bookworm
RUN useradd --system --uid 10001 --home-dir /var/lib/oms --create-home oms \
  && install -d -o oms -m 700 /var/lib/oms/simulator
COPY --from=build /app /app
ENV PATH=/app/.venv/bin:$PATH PYTHONUNBUFFERED=1 OMS_HOME=/var/lib/oms
WORKDIR /app
USER oms
VOLUME /var/lib/oms
EXPOSE 8001
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s CMD ["python", "deploy/healthcheck.py"]
CMD ["oms", "serve", "api"]
