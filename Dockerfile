# docker build -t tonearm . && docker run -p 8501:8501 -v tonearm:/data --read-only --tmpfs /tmp tonearm
FROM python:3.11-slim AS build
WORKDIR /tonearm
RUN python -m venv /venv
COPY requirements.lock .
RUN /venv/bin/pip install --no-cache-dir --require-hashes -r requirements.lock \
    && find /venv -type d -name tests -prune -exec rm -rf {} +
COPY pyproject.toml requirements.txt README.md LICENSE ./
COPY recsys recsys
RUN /venv/bin/pip install --no-cache-dir --no-deps --editable .

FROM python:3.11-slim
RUN useradd --create-home listener && mkdir /data && chown listener /data
WORKDIR /tonearm
COPY --from=build /venv /venv
COPY app.py pyproject.toml ./
COPY .streamlit/config.toml .streamlit/config.toml
COPY pages pages
COPY --from=build /tonearm/recsys recsys
USER listener
ENV PATH=/venv/bin:$PATH PYTHONDONTWRITEBYTECODE=1 MALLOC_ARENA_MAX=2 TONEARM_DATA=/data STREAMLIT_SERVER_ADDRESS=0.0.0.0 STREAMLIT_SERVER_PORT=8501 STREAMLIT_SERVER_FILE_WATCHER_TYPE=none
VOLUME /data
EXPOSE 8501
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s CMD python -c "import urllib.request as r; r.urlopen('http://127.0.0.1:$STREAMLIT_SERVER_PORT/livez')"
CMD ["streamlit", "run", "app.py"]
