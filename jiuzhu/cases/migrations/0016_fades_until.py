from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("cases", "0015_window_visits")]
    operations = [
        migrations.AddField(
            model_name="entitlement",
            name="fades_until",
            field=models.DateField(null=True, verbose_name="渐退最后月份"),
        )
    ]
