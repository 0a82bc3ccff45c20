# One image for every process: web (the default), runbots, worker, beat and the set-up; compose.yaml starts them.

FROM python:3.13-slim-bookworm AS builder
ENV PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_CACHE_DIR=1
RUN python -m venv /opt/venv
COPY requirements.txt /tmp/requirements.txt
# Pinned and hashed, wheels only: nothing is built here, and nothing else comes in.
RUN /opt/venv/bin/pip install --require-hashes --only-binary :all: -r /tmp/requirements.txt
COPY . /app
WORKDIR /app
# The key is for this one command, which signs nothing; it is in no layer of the image that runs.
RUN SECRET_KEY=only-for-collecting STATIC_ROOT=/opt/static RELOVE_ENV_FILE= \
    /opt/venv/bin/python manage.py collectstatic --no-input \
 && /opt/venv/bin/python -m compileall -q /app /opt/venv/lib

FROM python:3.13-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    DJANGO_SETTINGS_MODULE=config.settings \
    RELOVE_HOME=/var/lib/relove \
    STATIC_ROOT=/opt/static
RUN useradd --system --uid 10001 --user-group --home-dir /var/lib/relove --create-home --shell /usr/sbin/nologin relove
COPY --from=builder /opt/venv /opt/venv
COPY --from=builder /opt/static /opt/static
COPY --from=builder /app /app
WORKDIR /app
USER relove
EXPOSE 8000
# Asks in the way that fits the process that runs in this container.
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "bin/kit/health.py"]
STOPSIGNAL SIGTERM
CMD ["uvicorn", "config.asgi:application", "--host", "0.0.0.0", "--port", "8000", "--no-server-header", "--no-use-colors", "--timeout-graceful-shutdown", "10"]
